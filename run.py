"""Do a chore with nothing but Python and pip: ``python3 run.py docs``, ``python3 run.py tests``.

nox does the chores that noxfile.py describes. Debian's, Ubuntu's and
Homebrew's Python let pip install nothing into themselves, and some cannot make
an environment either. So nox goes, locked, into a folder of its own, .nox/nox.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements" / "nox.txt"
HOME = ROOT / ".nox" / "nox-{}.{}".format(*sys.version_info)
OLDEST = (3, 10)  # that nox runs on; the chores themselves run on a Python that noxfile.py chooses


def install():
    """Put nox into its folder, unless it is there already as the lock has it."""
    done = HOME / "lock.txt"  # written last, so an interrupted install is done again
    if done.is_file() and done.read_bytes() == LOCK.read_bytes():
        return
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode:
        sys.exit("run.py: pip is missing: install it (on Debian and Ubuntu: apt-get install python3-pip)")
    options = ["--quiet", "--upgrade", "--require-hashes", "--disable-pip-version-check"]
    if subprocess.run([*pip, "install", *options, "--target", str(HOME), "-r", str(LOCK)], check=False).returncode:
        sys.exit("run.py: pip could not install nox; it says why above")
    done.write_bytes(LOCK.read_bytes())


def main():
    """Run one chore, or list them."""
    if sys.version_info < OLDEST:
        sys.exit("run.py: needs Python 3.10 or newer, this is {}.{}".format(*sys.version_info))
    install()
    os.chdir(str(ROOT))
    sys.path.insert(0, str(HOME))
    from nox import main as nox

    chore, *rest = sys.argv[1:] or ["--list"]
    sys.argv[1:] = [chore, *rest] if chore.startswith("-") else ["--session", chore, *rest]
    nox()


if __name__ == "__main__":
    main()
