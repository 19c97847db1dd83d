"""primebench completion"""

import click

from primebench.completion import SHELLS, script
from primebench.output import write


@click.command()
@click.argument("shell", type=click.Choice(list(SHELLS)))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what SHELL reads to complete commands, options and names of services, workloads and profiles.

    \b
    bash  primebench completion bash > ~/.local/share/bash-completion/completions/primebench
    zsh   primebench completion zsh > FOLDER/_primebench, with a FOLDER of $fpath
    fish  primebench completion fish > ~/.config/fish/completions/primebench.fish
    """
    write(f"{script(context.find_root().command, shell)}\n")
