"""Follows exported C++ headers on OpenFHE itself, through its Python package, which has the same calls: reads a list of
[module, keys or null, inputs], answers with the values of each input. Rings are too small to be secure."""

import json
import re
import sys

import openfhe


def context(depth, slots, steps):
    parameters = openfhe.CCParamsCKKSRNS()
    parameters.SetSecurityLevel(openfhe.HEStd_NotSet)
    parameters.SetRingDim(2 * slots)
    # Room for values near 2^20 in what is left at the end.
    parameters.SetMultiplicativeDepth(depth + 1)
    parameters.SetScalingModSize(50)
    parameters.SetFirstModSize(60)
    cc = openfhe.GenCryptoContext(parameters)
    for feature in (openfhe.PKE, openfhe.KEYSWITCH, openfhe.LEVELEDSHE, openfhe.ADVANCEDSHE):
        cc.Enable(feature)
    keys = cc.KeyGen()
    cc.EvalMultKeyGen(keys.secretKey)
    if steps:
        cc.EvalRotateKeyGen(keys.secretKey, steps)
    return cc, keys


class Circuit:
    """Circuit of the header, call by call."""

    def __init__(self, cc, steps):
        self.cc, self.steps = cc, steps
        self.product = self.scaled = cc.EvalMult
        self.sum = self.plus = cc.EvalAdd
        self.negated = cc.EvalNegate

    def combination(self, values, factors, constant):
        total = self.scaled(values[0], factors[0])
        for value, factor in list(zip(values, factors))[1:]:
            total = self.sum(total, self.scaled(value, factor))
        return self.plus(total, constant)

    def row_sum(self, a):
        for step in self.steps:
            a = self.sum(a, self.cc.EvalRotate(a, step))
        return a


def body(text, name):
    return re.search(r"inline Value " + name + r"\(.*?\n\}", text, re.S).group(0)


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d\.\d+e-?\d+", text)]


def follow(circuit, code, x):
    values = {"v0": x}
    for name, call in re.findall(r"auto (v\d+) = (.*?);", code):
        if name != "v0":
            call = call.replace("{", "[").replace("}", "]")
            values[name] = eval(call, {"c": circuit}, values)
    return values[re.search(r"return (v\d+);", code).group(1)]


def evaluated(text, keys, inputs):
    code = body(text, "evaluate" if keys is None else f"weights_{keys}")
    series = re.search(r"coefficients = \{(.*?)\}", text, re.S) if keys is None else None
    depth = 12 if series else max(int(deep) for deep in re.findall(r"// (\d+) deep", code))
    if keys is None:
        # Slots left at 0 may lie outside the interval, where a series of high degree outgrows the modulus and spoils them all.
        slots, steps = 1 << 11, []
        packed = [inputs[slot % len(inputs)][0] for slot in range(slots)]
    else:
        layout = re.search(rf"layout_{keys} = \{{(\d+), (\d+), (\d+), (.*?)\}}", text).groups()
        padded, stride, factor = int(layout[1]), int(layout[2]), float(layout[3])
        slots, steps = padded * stride, [stride << i for i in range(padded.bit_length() - 1)]
        packed = [0.0] * slots
        for row in range(stride):
            for key in range(keys):
                packed[key * stride + row] = factor * inputs[row % len(inputs)][key]
    cc, pair = context(depth, slots, steps)
    x = cc.Encrypt(pair.publicKey, cc.MakeCKKSPackedPlaintext(packed))
    if series:
        slope, shift = numbers(re.search(r"auto t = (.*)", code).group(1))
        t = cc.EvalAdd(cc.EvalMult(x, slope), shift)
        value = cc.EvalChebyshevSeries(t, numbers(series.group(1)), -1.0, 1.0)
        for _ in range(int(re.search(r"doublings = (\d+);", text).group(1))):
            value = cc.EvalAdd(value, value)
    else:
        value = follow(Circuit(cc, steps), code, x)
    found = cc.Decrypt(value, pair.secretKey)
    found.SetLength(slots)
    found = found.GetRealPackedValue()
    if keys is None:
        return [[value] for value in found[: len(inputs)]]
    return [[found[key * stride + row] for key in range(keys)] for row in range(len(inputs))]


for line in sys.stdin:
    module, keys, inputs = json.loads(line)
    with open(module + ".hpp") as header:
        print(json.dumps(evaluated(header.read(), keys, inputs)), flush=True)
