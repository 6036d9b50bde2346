"""Run the command line: `python -m vitrion`."""

from vitrion.serve.cli.commands import main

if __name__ == "__main__":
    main()
