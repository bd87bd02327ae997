// polyattn export: a header with evaluate(x)
// library: OpenFHE, C++17; semantics read in its source of 1.2 to 1.4 (ckksrns-advancedshe.cpp, EvalChebyshevSeries): the first coefficient counts half, so it is doubled here; FLEXIBLEAUTO, FLEXIBLEAUTOEXT or FIXEDAUTO, which rescale by themselves
// literals: the nearest binary64 of each constant, in 17 significant digits
// as written: certified for these literals: relative error at most 0.00054371, of which rounding the constants takes at most 0.0000000000000256683; evaluation in binary64 included, at most 0.00054371
// domain: outside the intervals nothing bounds the value
// slots: every slot must hold an x inside, the unused ones too: outside, a value may outgrow the modulus and spoil all slots
// zeros here: zeros at the end are left out, zeros between are kept: EvalChebyshevSeries takes them
// function: reciprocal(x) for x in [2.9, 46]
// approximation: one polynomial of degree 15
// basis: chebyshev: T_k(t) with t = (2*x - lo - hi)/(hi - lo), lo and hi the ends of the hull of the intervals, or of the stage's own interval; the map is not in the coefficients, the caller applies it
// c0: full c0: the value is c_0 + c_1*T_1 + ...; OpenFHE's EvalChebyshevSeries halves its first coefficient, so give it 2*c_0; Lattigo takes c_0 as it is
// parity: neither even nor odd in t
// zeros: every coefficient is written, 0 of them 0; none was dropped for being small
// error: certified: relative error at most 0.000543709891 on the intervals
// positive: yes, certified
// monotone: yes, certified
// cost: 4 rescalings on the longest path, 7 products of two ciphertexts
// table: sha256 1e23fe53887791c2cc0e816c5d55ce343bd8b00f54e301acb02bdfa6f87d92c0
// provenance: polyattn 0.1.0, rug 1.30.0, MPFR 4.2.2
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "openfhe.h"

// Define it before this file is included to have several tables in one program.
#ifndef POLYATTN_NAMESPACE
#define POLYATTN_NAMESPACE polyattn
#endif

namespace POLYATTN_NAMESPACE {

using Value = lbcrypto::Ciphertext<lbcrypto::DCRTPoly>;

struct Point {
    double x, value, tolerance;
};

/// Where the scores of rows stand: slot = key*stride + row, times factor.
struct Layout {
    uint32_t keys, padded, stride;
    double factor;

    std::vector<double> pack(const std::vector<std::vector<double>>& rows) const {
        std::vector<double> slots(static_cast<size_t>(padded) * stride, 0.0);
        // Rows that are not there are copies of those that are: a row of zeros may lie outside the domain.
        for (uint32_t row = 0; row < stride; ++row)
            for (uint32_t key = 0; key < keys; ++key) slots[key * stride + row] = factor * rows[row % rows.size()][key];
        return slots;
    }
};

/// The operations of a circuit, rescaled by the context itself.
struct Circuit {
    lbcrypto::CryptoContext<lbcrypto::DCRTPoly> cc;
    uint32_t stride, padded;

    Value product(const Value& a, const Value& b) const { return cc->EvalMult(a, b); }
    Value sum(const Value& a, const Value& b) const { return cc->EvalAdd(a, b); }
    Value plus(const Value& a, double constant) const { return cc->EvalAdd(a, constant); }
    Value scaled(const Value& a, double constant) const { return cc->EvalMult(a, constant); }
    Value negated(const Value& a) const { return cc->EvalNegate(a); }
    Value refreshed(const Value& a) const { return cc->EvalBootstrap(a); }

    Value combination(const std::vector<Value>& values, const std::vector<double>& factors, double constant) const {
        Value total = scaled(values.at(0), factors.at(0));
        for (size_t i = 1; i < values.size(); ++i) total = sum(total, scaled(values[i], factors.at(i)));
        return plus(total, constant);
    }

    Value row_sum(Value a) const {
        for (uint32_t step = stride; step < stride * padded; step *= 2)
            a = sum(a, cc->EvalRotate(a, static_cast<int32_t>(step)));
        return a;
    }
};

/// 2*c_0, then c_1 and on, all over 2^doublings: EvalChebyshevSeries loses digits where they are large beside 1.
constexpr uint32_t doublings = 1;
inline const std::vector<double> coefficients = {
    8.6580885061413371e-2,
    -5.1828428758772804e-2,
    3.1025155138307947e-2,
    -1.8572039281285480e-2,
    1.1117430516209947e-2,
    -6.6549840246387104e-3,
    3.9836701243856076e-3,
    -2.3845273016933621e-3,
    1.4271598084591997e-3,
    -8.5390029151577451e-4,
    5.1046080662753290e-4,
    -3.0440752491511791e-4,
    1.8028295060446009e-4,
    -1.0468000569086033e-4,
    5.7250797807828491e-5,
    -2.5230157316147306e-5,
};

/// The table at every slot of x.
inline Value evaluate(const Value& x) {
    auto cc = x->GetCryptoContext();
    auto t = cc->EvalAdd(cc->EvalMult(x, 4.6403712296983757e-2), -1.1345707656612529e0);
    auto y = cc->EvalChebyshevSeries(t, coefficients, -1.0, 1.0);
    for (uint32_t i = 0; i < doublings; ++i) y = cc->EvalAdd(y, y);
    return y;
}

/// x, the table's value, and how far binary64 may be from it.
inline const std::vector<Point> points = {
    {2.9000000000000004e0, 3.4464010003787487e-1, 1.6465550756695066e-13},
    {4.0976562500000000e0, 2.4396196839624418e-1, 1.6463315253098570e-13},
    {5.7871093750000000e0, 1.7284481075797981e-1, 1.6461736134981452e-13},
    {8.1757812500000000e0, 1.2228401140156948e-1, 1.6460613459709674e-13},
    {1.1550781250000000e1, 8.6605554501914608e-2, 1.6459821238823013e-13},
    {1.6312500000000000e1, 6.1269479390308731e-2, 1.6459258664944160e-13},
    {2.3046875000000000e1, 4.3377938940733558e-2, 1.6458861392941098e-13},
    {3.2562500000000000e1, 3.0693572246426767e-2, 1.6458579743421961e-13},
    {4.6000000000000000e1, 2.1727310654561904e-2, 1.6458380652420681e-13},
};

/// The largest distance from the table at the points. `run` encrypts a vector, evaluates, and decrypts.
template <class Run>
double self_test(Run run) {
    std::vector<double> x;
    for (const auto& point : points) x.push_back(point.x);
    const std::vector<double> found = run(x);
    double largest = 0.0;
    for (size_t i = 0; i < points.size(); ++i)
        largest = std::fmax(largest, std::fabs(found.at(i) - points[i].value));
    return largest;
}
}  // namespace POLYATTN_NAMESPACE
#undef POLYATTN_NAMESPACE
