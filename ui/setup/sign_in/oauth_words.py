"""Signing in in the browser, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from sync import providers
from sync.oauth.configuration import OAuthProvider

translate = QCoreApplication.translate


def hint() -> str:
    """The hint under the button."""
    return translate(
        "Setup", "Opens in your browser. Dealpost never sees the password that you type there."
    )


def waiting(provider: OAuthProvider) -> str:
    """The sentence while the browser is open."""
    return translate(
        "Setup", "Waiting for your browser… Sign in with {name} there, and agree when it asks."
    ).format(name=provider.name)


def stored(provider: OAuthProvider) -> str:
    """The sentence for an account that signs in this way."""
    return translate(
        "Setup", "This account signs in with {name} in the browser. It has no password here."
    ).format(name=provider.name)


def signed_in(provider: OAuthProvider, address: str, other: str) -> str:
    """The sentence after it worked. `other` is another address that was signed in, if known."""
    if other and other.strip().lower() != address.strip().lower():
        return translate(
            "Setup",
            "{name} signed in {other}. The mail server is asked for {address}: if that is not the"
            " same mailbox, change the address, or sign in again.",
        ).format(name=provider.name, other=other, address=address)
    if other:
        return translate("Setup", "Signed in with {name} as {other}.").format(
            name=provider.name, other=other
        )
    return translate(
        "Setup", "Signed in with {name}. The mail server is asked for {address}."
    ).format(name=provider.name, address=address)


def not_set_up(provider: OAuthProvider, *, is_stored: bool) -> str:
    """What to do if there is no client id for this provider."""
    if is_stored:
        return translate(
            "Setup",
            "This account signs in with {name}, but no client id for {name} is set up here any"
            " more (oauth.json). Set it up again, or use a password.",
        ).format(name=provider.name)
    if takes_no_password(provider):
        return translate(
            "Setup",
            "Dealpost can't offer to sign in with {name}: no client id is set up here. Your"
            " organization can provide one (oauth.json); {name} takes no password.",
        ).format(name=provider.name)
    return translate(
        "Setup",
        "Dealpost can't offer to sign in with {name}: no client id is set up here (oauth.json)."
        " Use an app password.",
    ).format(name=provider.name)


def nobody_known() -> str:
    """The servers want tokens, but no configured provider gives them."""
    return translate(
        "Setup",
        "This provider wants its customers to sign in in the browser, and Dealpost does not know"
        " where (oauth.json). Ask the provider for an app password, or your organization for the"
        " configuration.",
    )


def takes_no_password(provider: OAuthProvider) -> bool:
    """Whether the well-known provider accepts no password."""
    known = [providers.of_host(host) for host in provider.hosts]
    return any(each is not None and each.password_sign_in_is_off for each in known)
