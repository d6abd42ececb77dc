"""`coder codebook build`: the workbench in which candidates become themes."""

from coder.cli.codebook_options import BuiltBeyond, BuiltInto, By, ProjectArgument
from coder.cli.options import Json, Quiet
from coder.cli.questions import of_one_question
from coder.cli.screen_options import Light
from coder.errors import command, option


def build(
    project: ProjectArgument,
    into: BuiltInto,
    by: By = None,
    beyond: BuiltBeyond = None,
    light: Light = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make themes of candidates on a screen: read, merge, split, rename, drop.

    Every step is saved at once; the same command goes on where you left.
    """
    from coder.cli.printer import Printer
    from coder.text import count
    from coder.workflow.workbench import build_codebook

    printer = Printer(as_json=as_json, quiet=quiet)
    with printer.progress() as progress:
        outcome = build_codebook(
            project, into, by, beyond=beyond, light=light, progress=progress
        )
    printer.facts = outcome.facts()
    summary = outcome.summary
    left = f"{count(summary.themes, 'theme')}, {summary.to_decide} to decide."
    if summary.written:
        printer.say(f"{into}: written. {left}")
        apply = command("apply", project, option("codebook", str(into)))
        printer.say(f"Next: {apply}")
    else:
        printer.say(f"{left} Every step is saved; {into.name} was not written.")
        again = command("codebook build", project, option("into", str(into)))
        printer.say(f"To go on: {again}")
    printer.finish()


build_one = of_one_question(build)
