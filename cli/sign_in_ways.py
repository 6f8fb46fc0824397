"""Commands of ``motcua people`` about ways to sign in: the second factor, and the office account of a provider."""

from __future__ import annotations

import click

from cli.compose import compose_from_environment
from cli.output import say
from cli.staff import REASON, known, operator
from engine.acts.staff import own_sessions, provider_subjects, second_factor
from engine.errors import wrong
from engine.settings import Settings
from engine.transaction import UnitOfWork, in_transaction


@click.command("remove-second-factor")
@click.argument("username")
@REASON
def remove_second_factor(username: str, reason: str) -> None:
    """Remove the second factor of a person who has lost the phone. Their sessions end. Make sure who asks for it."""
    runtime = compose_from_environment(pooled=False)

    def act(unit: UnitOfWork) -> None:
        person = known(unit, username)
        second_factor.remove_second_factor(unit, person, reason)
        own_sessions.end_sessions(unit, person)

    in_transaction(runtime, operator(), act)
    click.echo(say(f"Đã gỡ xác thực hai lớp của {username}.", f"The second factor of {username} was removed."))


@click.command()
@click.argument("username")
@click.option("--subject", required=True, help="What the provider calls the person (claim sub); never an address.")
@click.option("--issuer", help="The provider; that of MOTCUA_OIDC_DISCOVERY_URL when not given.")
@click.option("--reason", default="", help="Why; it goes into the journal of staff.")
def bind(username: str, subject: str, issuer: str | None, reason: str) -> None:
    """Let a person sign in with the office account that the identity provider knows by SUBJECT."""
    runtime = compose_from_environment(pooled=False)
    of = issuer or _issuer(runtime.settings)

    def act(unit: UnitOfWork) -> None:
        provider_subjects.bind_subject(unit, known(unit, username), of, subject, reason)

    in_transaction(runtime, operator(), act)
    click.echo(say(f"Đã gắn {username} với {subject}.", f"{username} is bound to {subject}."))


@click.command()
@click.argument("username")
@REASON
def unbind(username: str, reason: str) -> None:
    """End that a person signs in with an office account."""
    runtime = compose_from_environment(pooled=False)

    def act(unit: UnitOfWork) -> int:
        return provider_subjects.unbind_subjects(unit, known(unit, username), reason)

    number = in_transaction(runtime, operator(), act)
    click.echo(say(f"Đã gỡ {number} tài khoản cơ quan của {username}.", f"{number} office accounts were unbound."))


COMMANDS = (remove_second_factor, bind, unbind)


def _issuer(settings: Settings) -> str:
    provider = settings.sessions.provider
    if provider is None:
        raise wrong("issuer", "chưa có MOTCUA_OIDC_DISCOVERY_URL", "no MOTCUA_OIDC_DISCOVERY_URL is set")
    from adapters.openid_provider import SUFFIX  # late: its libraries take a quarter of a start

    return provider.discovery_url.removesuffix(SUFFIX)
