"""`coder serve`: reviewing in a browser."""

from coder.cli.options import CodebookFile, Json, Quiet, Seed, Target
from coder.cli.review_options import Blind, Sample, Theme
from coder.cli.screen_options import Tick
from coder.cli.serve_options import (
    Adjudicators,
    BehindProxy,
    Certificate,
    Expires,
    Host,
    Key,
    Leads,
    NewLinks,
    NoLearning,
    Port,
    Reviewers,
    ShowLinks,
    Withdraw,
    time_of,
)


def serve(
    target: Target,
    codebook: CodebookFile,
    reviewer: Reviewers = None,
    adjudicator: Adjudicators = None,
    lead: Leads = None,
    blind: Blind = False,
    theme: Theme = None,
    sample: Sample = None,
    tick: Tick = 0.5,
    no_learning: NoLearning = False,
    host: Host = "127.0.0.1",
    port: Port = 8750,
    certificate: Certificate = None,
    key: Key = None,
    behind_proxy: BehindProxy = "",
    expires: Expires = "14d",
    new_link: NewLinks = None,
    withdraw: Withdraw = None,
    links: ShowLinks = False,
    seed: Seed = 0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Review in a browser: a page on this machine, with a link for each person."""
    from coder.cli import serve_runs as runs
    from coder.cli.printer import Printer
    from coder.reviewing.mode import ReviewMode
    from coder.serving.serve import Address, People

    printer = Printer(as_json=as_json, quiet=quiet)
    if withdraw:
        runs.withdraw_links(target, codebook, withdraw, printer)
    elif links:
        runs.list_links(target, codebook, printer)
    else:
        people = People(
            reviewer or (),
            adjudicator or (),
            lead or (),
            new_link or (),
            time_of(expires),
        )
        address = Address(host, port, certificate, key, behind_proxy)
        mode = ReviewMode(blind, theme, sample, seed=seed, tick=tick)
        how = runs.Service(mode, people, address, learns=not no_learning)
        runs.run_server(target, codebook, how, printer)
