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

