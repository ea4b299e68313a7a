"""What to say when Autotask refuses credentials: as much as can be known, and no more.

Autotask answers a wrong secret, a wrong integration code, a locked and an inactive user alike, by 401 without a
text (API.md section 2). An unknown user shows earlier, as there is no zone for it (section 1). What narrows the rest
down is only what worked before.
"""

from __future__ import annotations

from partner_portal.autotask.credentials import Credentials

USER = "the API user was locked or made inactive"
NO_MORE = "Nothing more was sent, as further failed logins would lock the API user."


def refusal_in_words(tried: Credentials, held: Credentials | None) -> str:
    """Why Autotask may have refused `tried`, `held` being what the connection works with; one line with its remedy."""
    if held is None or held.username.casefold() != tried.username.casefold():
        return (
            "Autotask knows the API user but refused the login (HTTP 401). It does not tell which of these it is: the "
            "secret is wrong, the integration code is wrong, the API user is inactive or locked, or it is not of the "
            f"security level API User (system). Check them in Autotask on the page of this user. {NO_MORE}"
        )
    same_secret, same_code = tried.secret == held.secret, tried.integration_code == held.integration_code
    if same_secret and same_code:
        cause = f"These credentials were accepted before: a new secret was made in Autotask since, or {USER}."
    elif same_code:
        cause = f"The integration code is the one that was accepted before: the secret is wrong, or {USER} since."
    elif same_secret:
        cause = f"The secret is the one that was accepted before: the integration code is wrong, or {USER} since."
    else:
        cause = f"The secret or the integration code is wrong, or {USER} since."
    return f"Autotask refused the login (HTTP 401). {cause} Check it in Autotask on the page of this user. {NO_MORE}"
