# polyattn export: a module with coefficients, domain and evaluate(x)
# library: Python 3; evaluate takes a float or a NumPy array and needs no import
# literals: the nearest binary64 of each constant, in 17 significant digits
# as written: certified for these literals: absolute error at most 0.0000483029, of which rounding the constants takes at most 0.000000000000000222045; evaluation in binary64 included, at most 0.0000483029
# domain: outside the intervals nothing bounds the value
# function: gelu-erf(x) for x in [-8, 8]
# approximation: one polynomial of degree 31
# basis: chebyshev: T_k(t) with t = (2*x - lo - hi)/(hi - lo), lo and hi the ends of the hull of the intervals, or of the stage's own interval; the map is not in the coefficients, the caller applies it
# c0: full c0: the value is c_0 + c_1*T_1 + ...; OpenFHE's EvalChebyshevSeries halves its first coefficient, so give it 2*c_0; Lattigo takes c_0 as it is
# parity: neither even nor odd in t
# zeros: every coefficient is written, 15 of them 0; none was dropped for being small
# error: certified: absolute error at most 0.0000483028757 on the intervals
# positive: no
# monotone: not shown
# cost: 5 rescalings on the longest path, 11 products of two ciphertexts
# table: sha256 9d65f50a88ad5226d426eee73889ab7b823833fd3f6c6977a8bb406eb0bd98a3
# provenance: polyattn 0.1.0, rug 1.30.0, MPFR 4.2.2


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


domain = (-8.0000000000000000e0, 8.0000000000000000e0)
basis = "chebyshev"
coefficients = [
    2.5263417842437246e0,
    4.0000000000000000e0,
    1.7360103592386729e0,
    0.0000000000000000e0,
    -3.7254328006136350e-1,
    0.0000000000000000e0,
    1.7083553374473737e-1,
    0.0000000000000000e0,
    -9.7541788870724400e-2,
    0.0000000000000000e0,
    5.9935811227501468e-2,
    0.0000000000000000e0,
    -3.7273240718315392e-2,
    0.0000000000000000e0,
    2.2777525839020818e-2,
    0.0000000000000000e0,
    -1.3474036334568229e-2,
    0.0000000000000000e0,
    7.6558812713651836e-3,
    0.0000000000000000e0,
    -4.1618856037932694e-3,
    0.0000000000000000e0,
    2.1607275589687891e-3,
    0.0000000000000000e0,
    -1.0707044004236721e-3,
    0.0000000000000000e0,
    5.0641639975057551e-4,
    0.0000000000000000e0,
    -2.2854574744934908e-4,
    0.0000000000000000e0,
    1.1774471998049485e-4,
]


def evaluate(x):
    return _clenshaw(coefficients, 1.2500000000000000e-1 * x + 0.0000000000000000e0)

# (x, the table's value, how far evaluate may be from it)
points = [
    (-8.0000000000000000e0, 4.8302507084097002e-5, 1.5502641323825265e-11),
    (-6.0000000000000000e0, -4.4187323104139698e-5, 1.5502641322911511e-11),
    (-4.0000000000000000e0, -1.1365296193954766e-4, 1.5502641338335981e-11),
    (-2.0000000000000000e0, -4.5533947723162299e-2, 1.5502651423667386e-11),
    (0.0000000000000000e0, 4.8302507088981983e-5, 1.5502641323825265e-11),
    (2.0000000000000000e0, 1.9544660522768378e0, 1.5503075291742372e-11),
    (4.0000000000000000e0, 3.9998863470380606e0, 1.5503529466283627e-11),
    (6.0000000000000000e0, 5.9999558126768955e0, 1.5503973570917946e-11),
    (8.0000000000000000e0, 8.0000483025070839e0, 1.5504417680664665e-11),
]


def self_test():
    """Raises AssertionError where a value is further from the table's than it may be."""
    for x, value, tolerance in points:
        assert abs(evaluate(x) - value) <= tolerance, (x, evaluate(x), value)


if __name__ == "__main__":
    self_test()
