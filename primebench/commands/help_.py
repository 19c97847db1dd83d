"""primebench help"""

import click
from click.shell_completion import CompletionItem

from loadgen.errors import Error
from primebench.help_topics import text_of, titles
from primebench.output import echo


def _commands(context: click.Context) -> dict[str, click.Command]:
    group = context.find_root().command
    return dict(group.commands) if isinstance(group, click.Group) else {}


def _names(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in (*titles(), *_commands(context)) if name.startswith(typed)]


@click.command(name="help")
@click.argument("topic", required=False, shell_complete=_names)
@click.pass_context
def help_(context: click.Context, topic: str | None) -> None:
    """Explain a TOPIC or a command; without one, list the topics.

    Example: primebench help exit-codes
    """
    commands = _commands(context)
    if topic is None:
        echo("primebench help TOPIC, with one of these or a command:")
        for name, title in titles().items():
            echo(f"  {name:12}  {title}")
    elif topic in titles():
        click.echo(text_of(topic))
    elif topic in commands:
        click.echo(commands[topic].get_help(click.Context(commands[topic], parent=context.parent, info_name=topic)))
    else:
        raise Error(f"no topic '{topic}': expected {', '.join(titles())}, or a command")
