"""Run the command line: `python -m vitrion`."""

from vitrion.serve.cli import main

if __name__ == "__main__":
    main()
