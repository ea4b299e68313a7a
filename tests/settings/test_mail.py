"""The mail server, made from PORTAL_EMAIL_URL."""

from __future__ import annotations

from partner_portal.settings.mail import mail


def test_without_a_server_mail_is_dropped():
    backend, _ = mail("")
    assert backend.endswith("dummy.EmailBackend")


def test_an_address_with_starttls_is_taken_apart():
    backend, server = mail("smtp+tls://me:p%40ss@mail.example")
    assert backend.endswith("smtp.EmailBackend")
    assert (server.host, server.port, server.user, server.password) == ("mail.example", 587, "me", "p@ss")
    assert server.is_starttls
    assert not server.is_tls
    assert "p@ss" not in repr(server)


def test_smtps_means_tls_from_the_start():
    _, server = mail("smtps://mail.example")
    assert (server.port, server.is_tls, server.is_starttls) == (465, True, False)
