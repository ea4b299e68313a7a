"""Forms of django-allauth, as the portal wants them."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.http import HttpRequest

from partner_portal.accounts.adapter import reset_asked


class PasswordResetForm(ResetPasswordForm):
    """Asks for a link to set a password; each asking is told to whoever keeps the trail."""

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send the link, if somebody has the address."""
        reset_asked.send(sender=type(self), request=request, email=self.cleaned_data["email"])
        return str(super().save(request, **kwargs))


class AddPasskeyForm(AddWebAuthnForm):
    """Adds a passkey: always one that can log in by itself, so with the person's presence proved by the device."""

    passwordless = forms.BooleanField(initial=True, required=True)
