"""Learn how much water a river carries from the weather of the days before.

A GRU reads temperature and rain day by day. Beside it stand four baselines:
the mean of the season, ridge regression, a perceptron, and one that reads long
means of the weather, too. The last 30 % of the days are the test. Without
arguments the river is the Fulda in Germany.

    pip install keras tensorflow spotpy matplotlib
    python river.py
    python river.py --csv FILE --date COLUMN --target COLUMN --features COLUMN COLUMN ... --figure river.svg
"""

import argparse
import csv
import importlib.util
import os
import sys
from datetime import datetime
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # else TensorFlow prints two lines about it
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import numpy as np

SHORT = 30  # days that the ridge and the perceptrons read


def load():
    """Return the days, the weather, shape (days, 3), and the discharge of the Fulda, 1979 to 1988."""
    package = importlib.util.find_spec("spotpy")
    if package is None:
        raise ModuleNotFoundError(name="spotpy")
    file = Path(package.origin).parent / "examples/cmf_data/fulda_climate.csv"
    _names, _units, *rows = csv.reader(file.read_text("utf-8").splitlines())
    days = np.array([datetime.strptime(row[0], "%d.%m.%Y") for row in rows], dtype="datetime64[D]")
    highest, lowest, _, rain, discharge = np.array([row[1:] for row in rows], dtype=float).T
    return days, np.stack([highest, lowest, rain], axis=-1), discharge


def windows(features, places, length):
    """Return for each place the features of the ``length`` days that end there."""
    return features[places[:, None] + np.arange(1 - length, 1)]


def with_means(x):
    """Return the last days of each window and the means of an eighth, a quarter, a half and all of it."""
    lengths = [x.shape[1] // part for part in (8, 4, 2, 1)]
    return np.concatenate([x[:, -SHORT:], *(x[:, -max(n, 1) :].mean(axis=1, keepdims=True) for n in lengths)], axis=1)


def scales(values, train):
    """Return mean and deviation of the training days alone, or the past would know of the future."""
    deviation = values[train].std(axis=0)
    return values[train].mean(axis=0), np.where(deviation > 0, deviation, 1)


def season(days, target, train, test):
    """Answer with the mean of the training days within 15 days of the same day of a year."""
    day = (days - days.astype("datetime64[Y]")).astype(int)
    apart = np.abs(day[test][:, None] - day[train])
    near = np.minimum(apart, 365 - apart) <= 15
    return near @ target[train] / np.maximum(near.sum(axis=1), 1)


def ridge(x, y, x_test):
    """Answer with a linear model; three blocks of the training days choose the penalty."""
    x, x_test = x.reshape(len(x), -1), x_test.reshape(len(x_test), -1)

    def fit(rows, penalty):
        square = x[rows].T @ x[rows] + penalty * np.eye(x.shape[1])
        return np.linalg.solve(square, x[rows].T @ y[rows])

    block = np.arange(len(x)) * 3 // len(x)
    error = {
        penalty: sum(np.sum((x[block == k] @ fit(block != k, penalty) - y[block == k]) ** 2) for k in range(3))
        for penalty in 10.0 ** np.arange(6)
    }
    return x_test @ fit(block >= 0, min(error, key=error.get))


def perceptron(layers):
    return [layers.Flatten(), layers.Dense(64, "relu"), layers.Dropout(0.2), layers.Dense(32, "relu")]


def gru(layers):
    return [layers.GRU(32)]


def learn(layers, rate, x, y, x_test, epochs, seed):
    """Train these layers and a Dense layer; return the answers."""
    import keras

    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input(x.shape[1:]), *layers(keras.layers), keras.layers.Dense(1)])
    steps = epochs * -(-len(x) // 128)
    adam = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps), global_clipnorm=1.0)
    model.compile(adam, "mse", jit_compile=True, steps_per_execution=10)
    shown = 1 if sys.stdout.isatty() else 0  # a progress bar where somebody watches
    model.fit(x, y, batch_size=128, epochs=epochs, verbose=shown)
    return model.predict(x_test, batch_size=512, verbose=0)[:, 0]


def main(days, features, target, window, epochs, seed, figure):
    """Compare the network with the baselines on days that nothing was learnt from or chosen on."""
    first, last = window - 1, round(0.7 * len(days))
    train, test = np.arange(first, last), np.arange(last, len(days))
    print(f"{len(train):,} days to learn from, then {len(test):,} days to test on, seed {seed}", flush=True)

    middle, width = scales(features, train)
    x, x_test = (windows((features - middle) / width, part, window).astype("float32") for part in (train, test))
    rooted = target.min() >= 0  # learn the square root, or the largest values drown the rest
    y = np.sqrt(target) if rooted else target
    mean, spread = scales(y, train)
    y = (y[train] - mean) / spread

    near, near_test = x[:, -SHORT:], x_test[:, -SHORT:]
    wide, wide_test = with_means(x), with_means(x_test)
    middle, width = scales(wide, slice(None))
    wide, wide_test = (wide - middle) / width, (wide_test - middle) / width

    answers = {"ridge": ridge(near, y, near_test)}
    for title, layers, rate, *data in (
        ("perceptron", perceptron, 0.003, near, y, near_test),
        ("perceptron, long means", perceptron, 0.003, wide, y, wide_test),
        ("GRU", gru, 0.01, x, y, x_test),
    ):
        answers[title] = learn(layers, rate, *data, epochs, seed)
    answers = {title: answer * spread + mean for title, answer in answers.items()}
    if rooted:
        answers = {title: np.maximum(answer, 0) ** 2 for title, answer in answers.items()}
    answers = {"season": season(days, target, train, test)} | answers

    print("efficiency: 100% is perfect, 0% is the mean of the test days")
    for title, answer in answers.items():
        share = 1 - np.sum((answer - target[test]) ** 2) / np.sum((target[test] - target[test].mean()) ** 2)
        print(f"{title:24}{share:7.1%}")
    if figure:
        draw(figure, days[test], target[test], title, answer)


def draw(file, days, observed, title, answer):
    """Save what was observed and what the network answers, or nothing."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(10, 4), layout="constrained")
    axes = picture.add_subplot()
    axes.plot(days, observed, "k", lw=1, label="observed")
    axes.plot(days, answer, "C1", lw=1, label=title)
    axes.legend()
    part = file.with_name(f".{os.getpid()}.{file.name}")
    try:
        picture.savefig(part)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


# From here on: the command line.


def read(file, date, target, names, complain):
    """Return the columns of a table as days, features and target, or complain in one line."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except UnicodeDecodeError:
        complain(f"{file}: is not UTF-8")
    except (OSError, csv.Error) as error:
        complain(f"{file}: {getattr(error, 'strerror', None) or error}")
    if not rows:
        complain(f"{file}: has no rows below the names of its columns")
    for name in [date, target, *names]:
        if name not in rows[0]:
            complain(f"{file}: has no column {name!r}; it has {', '.join(map(str, rows[0]))}")
    days, table = [], []
    for number, row in enumerate(rows, start=2):
        try:
            days.append(np.datetime64(datetime.fromisoformat(row[date]), "D"))
            table.append([float(row[name]) for name in [target, *names]])
        except (TypeError, ValueError) as error:
            complain(f"{file}: row {number}: {error}")
        if not np.isfinite(table[-1]).all():
            complain(f"{file}: row {number}: every number must be finite, got {table[-1]}")
        if days[1:] and days[-1] - days[-2] != np.timedelta64(1, "D"):
            complain(f"{file}: row {number}: a day after {days[-2]} must follow, got {days[-1]}")
    return np.array(days), np.array(table)[:, 1:], np.array(table)[:, 0]


def positive_int(text):
    """Read a whole number of at least 1."""
    if int(text) < 1:
        raise ValueError
    return int(text)


def arguments():
    """Return what the command line says; what it says wrongly ends with one line and exit code 2."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.error = lambda message: parser.exit(2, f"{parser.prog}: {' '.join(message.split())}\n")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="your own table, a row for each day, without gaps")
    parser.add_argument("--date", metavar="COLUMN", help="its column of days, such as 2001-12-31")
    parser.add_argument("--target", metavar="COLUMN", help="what to learn")
    parser.add_argument("--features", nargs="+", metavar="COLUMN", default=[], help="what to learn it from")
    parser.add_argument("--window", type=positive_int, default=365, help="days that the network reads (default 365)")
    parser.add_argument("--epochs", type=positive_int, default=20, help="passes over the training days (default 20)")
    parser.add_argument("--seed", type=int, default=0, help="of weights and batches (default 0)")
    parser.add_argument("--figure", type=Path, metavar="FILE", help="save the test days as .svg, .png or .pdf")
    options = parser.parse_args()
    if not 0 <= options.seed < 2**32:
        parser.error(f"argument --seed: must be from 0 to 2**32 - 1, got {options.seed}")
    figure, given = options.figure, (options.date, options.target, options.features)
    if figure and (figure.suffix not in (".svg", ".png", ".pdf") or not figure.parent.is_dir()):
        parser.error(f"argument --figure: must be an .svg, .png or .pdf in a folder that is there, got {figure}")
    if any(given) if options.csv is None else not all(given):
        parser.error("--csv, --date, --target and --features go together")
    data = read(options.csv, *given, parser.error) if options.csv else load()
    first, last = options.window - 1, round(0.7 * len(data[0]))
    if last - first < 100:
        parser.error(f"{len(data[0])} days are too few for a window of {options.window}: 100 must be left to learn on")
    if not data[2][last:].std():
        parser.error("the target has one value on all days to test on: nothing is left to explain")
    return *data, options.window, options.epochs, options.seed, figure


if __name__ == "__main__":
    try:
        main(*arguments())
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is missing: pip install keras tensorflow spotpy matplotlib")
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)
