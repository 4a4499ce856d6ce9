"""Learn the Fulda's discharge from the weather, and forecast it, beside what a sceptic would bring.

    python experiments/river.py            # the runs that the record does not hold yet
    python experiments/river.py --jobs 1
    python experiments/river.py --check    # is the record's code this code, as far as the figures go?

Each run is one line of the record: what was trained, and the mean squared error
on the years held out. Pairs of the years 1980 to 1985 are held out to choose on;
1986 to 1988 are the test. An interrupted study goes on where it stopped.
"""

import os
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import differential_evolution

import record
from rnn_guide import catchment, sequences

MADE_BY = [catchment, sequences.fulda_river]
PAIRS = {"1980-81": (1980, 1981), "1982-83": (1982, 1983), "1984-85": (1984, 1985)}
TEST = (1986, 1987, 1988)
LEADS = {"1 day": 1, "3 days": 3, "7 days": 7}
RECURRENT = {"gru": "GRU", "alone": "GRU", "told": "GRU", "lstm": "LSTM"}
BATCH, EPOCHS, MIDDLE, GENERATIONS = 128, 20, 5, 80
FLOW = 2976.41 / 86.4  # cubic metres a second in a millimetre a day over the catchment


class Run(NamedTuple):
    """What is trained.

    To ``choose`` on pairs of years, for the ``test``, or as forecasts ``ahead``, which know the past discharge.
    """

    model: str
    window: int
    part: str
    seed: int


class Days(NamedTuple):
    """The whole series, the places of the days to learn from and of those held out, and the days ahead."""

    weather: Any
    discharge: Any
    learn: Any
    held: Any
    lead: int


def runs() -> list[Run]:
    """Return all runs of the study."""
    twice = [(model, window) for model in ("gru", "perceptron") for window in (10, 30, 90, 365)] + [("means", 365)]
    once = [("lstm", 365), ("convolution", 30)]
    return [
        *(Run("catchment", 0, part, 0) for part in ("choose", "test")),
        *(Run(model, window, "choose", 0) for model, window in once),
        *(Run(model, window, "choose", seed) for seed in range(2) for model, window in twice),
        *(Run(model, 365, "test", seed) for seed in range(5) for model in ("gru", "means")),
        *(Run("perceptron", 30, "test", seed) for seed in range(5)),
        *(Run(model, window, "test", seed) for seed in range(3) for model, window in once),
        *(Run(model, 30, "ahead", seed) for seed in range(3) for model in ("gru", "alone", "told")),
    ]


def trials(run: Run) -> dict[str, Days]:
    """Return the days of each training of a run. The first year is only read, as the past of the second."""
    dates, weather, discharge = sequences.fulda_river()
    years = dates.astype("datetime64[Y]").astype(int) + 1970
    held_out = PAIRS if run.part == "choose" else {"mse": TEST} if run.part == "test" else dict.fromkeys(LEADS, TEST)
    found = {}
    for title, out in held_out.items():
        held = np.isin(years, out)
        learn = (years > 1979) & (years < 1986) & ~held
        found[title] = Days(weather, discharge, np.flatnonzero(learn), np.flatnonzero(held), LEADS.get(title, 0))
    return found


def scaled(values: Any, learn: Any) -> Any:
    """Return values by their mean and deviation on the days to learn from."""
    return (values - values[learn].mean(axis=0)) / values[learn].std(axis=0)


def inputs(run: Run, days: Days) -> Any:
    """Return what a model reads on each day of the series, shape (days, steps, features); zeros before its start."""
    weather, root = days.weather, np.sqrt(days.discharge)[:, None]
    if run.model == "told":  # the weather to come, as if its forecast were perfect
        weather = np.roll(weather, -days.lead, axis=0)
    read = root if run.model == "alone" else np.hstack([weather, root]) if days.lead else weather
    places = np.arange(len(read))[:, None] + np.arange(1 - run.window, 1)
    steps = np.where((places >= 0)[..., None], scaled(read, days.learn)[np.maximum(places, 0)], 0)
    if run.model == "means":
        means = [steps[:, -(run.window // part) :].mean(axis=1) for part in (8, 4, 2, 1)]
        steps = np.concatenate([steps[:, -30:], scaled(np.stack(means, axis=1), days.learn)], axis=1)
    return steps.astype("float32")


def build(keras: Any, run: Run, shape: tuple[int, ...]) -> Any:
    """Return an untrained model."""
    layers = keras.layers
    hidden = [layers.Flatten(), layers.Dense(64, "relu"), layers.Dropout(0.2), layers.Dense(32, "relu")]
    if run.model in RECURRENT:
        hidden = [getattr(layers, RECURRENT[run.model])(32)]
    elif run.model == "convolution":
        hidden = [layers.Conv1D(16, 5, activation="relu"), *hidden]
    return keras.Sequential([keras.Input(shape), *hidden, layers.Dense(1)])


def learn(keras: Any, run: Run, days: Days, updates: int | None) -> tuple[list[list[float]], Any, Any]:
    """Train once, or begin to: return the error as training goes on, the answers at its end and the model."""
    keras.utils.set_random_seed(run.seed)
    read, root = inputs(run, days), np.sqrt(days.discharge)
    start = root if days.lead else np.zeros_like(root)  # a forecast learns how far the root will be from today's
    asked, now = days.learn - days.lead, days.held - days.lead
    change = root[days.learn] - start[asked]
    mean, spread = change.mean(), change.std()
    x, y = read[asked], ((change - mean) / spread).astype("float32")
    model = build(keras, run, x.shape[1:])
    batches = len(x) // BATCH
    first_rate = 0.01 if run.model in RECURRENT else 0.003
    rate = keras.optimizers.schedules.CosineDecay(first_rate, EPOCHS * batches)
    adam = keras.optimizers.Adam(rate, global_clipnorm=1.0)
    model.compile(adam, "mse", jit_compile=run.model in RECURRENT, steps_per_execution=batches)
    order = np.random.default_rng(run.seed)

    def answer() -> Any:
        given = model.predict(read[now], batch_size=len(now), verbose=0)[:, 0]
        return np.maximum(given * spread + mean + start[now], 0) ** 2

    def note(update: int) -> list[float]:
        return [update, rounded(np.mean((answer() - days.discharge[days.held]) ** 2))]

    rows = [note(0)]
    for epoch in range(1, EPOCHS + 1):
        some = order.permutation(len(x))[: batches * BATCH]
        model.fit(x[some], y[some], batch_size=BATCH, shuffle=False, verbose=0)
        if epoch in (MIDDLE, EPOCHS):
            rows.append(note(epoch * batches))
        if updates and epoch * batches >= updates:
            break
    return rows, answer(), model


def fit_catchment(days: Days, generations: int = GENERATIONS) -> tuple[Any, Any]:
    """Return the parameters of the catchment that fit best, by differential evolution, and what it then does."""
    weather = days.weather[:, :2].mean(axis=1), days.weather[:, 2]
    begin = slice(days.learn[-1] + 1)

    def error(parameters: Any) -> Any:
        flow, _, _ = catchment.run(parameters, *(part[begin] for part in weather))
        return np.mean((flow[days.learn] * FLOW - days.discharge[days.learn, None]) ** 2, axis=0)

    search = {"popsize": 8, "maxiter": generations, "tol": 0, "polish": False, "rng": 0, "vectorized": True}
    found = differential_evolution(error, list(catchment.BOUNDS.values()), updating="deferred", **search).x
    return found, catchment.run(found, *weather)


def fit(days: Days, updates: int | None) -> tuple[list[list[float]], Any, Any]:
    """Fit the catchment, or begin to: return the error as the search goes on, the answers and the parameters."""
    rows = []
    for generations in (1,) if updates else (1, GENERATIONS):
        found, (flow, _, _) = fit_catchment(days, generations)
        answers = flow[days.held] * FLOW
        rows.append([generations, rounded(np.mean((answers - days.discharge[days.held]) ** 2))])
    return rows, answers, found


def stores(keras: Any, run: Run, model: Any, days: Days) -> dict[str, Any]:
    """Return how well one unit follows the snow and the soil of the fitted catchment, trained and untrained.

    The unit is the one that follows best on the days to learn from; the correlation is that on the days held out.
    """
    _, (_, *filled) = fit_catchment(days)
    read = inputs(run, days)
    keras.utils.set_random_seed(run.seed)
    follows: dict[str, list[float]] = {}
    for title, network in (("trained", model), ("untrained", build(keras, run, read.shape[1:]))):
        reader = keras.Model(network.inputs, network.layers[0].output)
        seen, unseen = (reader.predict(read[part], verbose=0) for part in (days.learn, days.held))
        follows[title] = []
        for store in filled:
            best = np.argmax([abs(np.corrcoef(unit, store[days.learn])[0, 1]) for unit in seen.T])
            follows[title].append(rounded(np.corrcoef(unseen[:, best], store[days.held])[0, 1]))
    return {"stores": ["snow", "soil"], "follows": follows}


def rounded(values: Any) -> Any:
    """Return figures to four digits."""
    return [float(f"{value:.4g}") for value in values] if np.ndim(values) else float(f"{values:.4g}")


def follow(run: Run, updates: int | None = None) -> dict[str, Any]:
    """Train for all that a run holds out, or begin to, and return the mean squared errors there."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "KERAS_BACKEND": "tensorflow"}
    import keras

    given: dict[str, Any] = {"columns": ["step"], "rows": [], "first": []}
    for title, days in trials(run).items():
        trained = fit(days, updates) if run.model == "catchment" else learn(keras, run, days, updates)
        rows, answers, model = trained
        given["columns"].append(title)
        before = given["rows"] or [row[:1] for row in rows]
        given["rows"] = [[*row, error] for row, (_, error) in zip(before, rows, strict=True)]
        if run.part == "choose" or updates or run.seed:
            continue
        given.setdefault("answers", {})[title] = np.round(answers).astype(int).tolist()
        if run.model == "catchment":
            given["parameters"] = rounded(model)
    if run.part == "test" and run.model == "gru" and not updates:
        given |= stores(keras, run, model, days)
    return given


if __name__ == "__main__":
    record.main(__file__, runs(), follow, MADE_BY)
