"""Second factors as django-allauth keeps them: authenticator apps, passkeys, recovery codes."""

from __future__ import annotations

import base64

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from partner_portal.accounts.models import Person


class SecondFactorAdapter(DefaultMFAAdapter):
    """Seals what is secret of a second factor (the app's key, the seed of recovery codes) before it is kept.

    The key comes from SECRET_KEY, which the database does not hold; SECRET_KEY_FALLBACKS still open what was sealed.
    """

    def encrypt(self, text: str) -> str:
        """`text`, sealed."""
        return _seals().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was sealed."""
        return _seals().decrypt(encrypted_text.encode()).decode()


def has_second_factor(person: Person) -> bool:
    """Whether `person` set up an app or a passkey; recovery codes alone are none."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user_id=person.pk, type__in=kinds).exists())


def _seals() -> MultiFernet:
    return MultiFernet([_seal(str(key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _seal(key: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"partner_portal.accounts.second_factor").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
