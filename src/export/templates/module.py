

def _clenshaw(coefficients, t):
    one, two = 0.0 * t, 0.0 * t
    for c in reversed(coefficients[1:]):
        one, two = c + 2.0 * t * one - two, one
    return coefficients[0] + t * one - two


def _horner(coefficients, x):
    value = 0.0 * x
    for c in reversed(coefficients):
        value = c + x * value
    return value


def _product(a, b):
    return a * b


def _sum(a, b):
    return a + b


def _plus(a, constant):
    return a + constant


def _scaled(a, constant):
    return a * constant


def _negated(a):
    return -a


def _refreshed(a):
    return a


def _combination(values, factors, constant):
    total = constant + 0.0 * values[0]
    for value, factor in zip(values, factors):
        total = total + value * factor
    return total


def _row_sum(a):
    return a.sum(axis=-1, keepdims=True) + 0.0 * a


class _Row:
    """A row of floats, where there is no array."""

    def __init__(self, values):
        self.values = [float(value) for value in values]

    def _with(self, other, operation):
        others = other.values if isinstance(other, _Row) else [other] * len(self.values)
        return _Row(operation(a, b) for a, b in zip(self.values, others))

    def __add__(self, other):
        return self._with(other, lambda a, b: a + b)

    def __mul__(self, other):
        return self._with(other, lambda a, b: a * b)

    def __neg__(self):
        return self * -1.0

    def sum(self, axis, keepdims):
        return _Row([sum(self.values)] * len(self.values))

    __radd__, __rmul__ = __add__, __mul__


def _row(scores):
    return scores if hasattr(scores, "sum") else _Row(scores)


def _plain(row):
    return row.values if isinstance(row, _Row) else row
