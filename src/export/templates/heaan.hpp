#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "HEaaN/HEaaN.hpp"

// Define it before this file is included to have several tables in one program.
#ifndef POLYATTN_NAMESPACE
#define POLYATTN_NAMESPACE polyattn
#endif

namespace POLYATTN_NAMESPACE {

using Value = HEaaN::Ciphertext;

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

/// The operations of a circuit.
struct Circuit {
    const HEaaN::HomEvaluator& eval;
    const HEaaN::Bootstrapper* bootstrapper;
    uint32_t stride, padded;

    Value product(const Value& a, const Value& b) const {
        Value out(a);
        eval.mult(a, b, out);
        return out;
    }

    Value sum(const Value& a, const Value& b) const {
        Value out(a);
        eval.add(a, b, out);
        return out;
    }

    Value plus(const Value& a, double constant) const {
        Value out(a);
        eval.add(a, constant, out);
        return out;
    }

    Value unrescaled(const Value& a, double constant) const {
        Value out(a);
        eval.multWithoutRescale(a, constant, out);
        return out;
    }

    Value scaled(const Value& a, double constant) const {
        Value out = unrescaled(a, constant);
        eval.rescale(out);
        return out;
    }

    Value negated(const Value& a) const {
        Value out(a);
        eval.negate(a, out);
        return out;
    }

    Value refreshed(const Value& a) const {
        if (bootstrapper == nullptr) throw std::invalid_argument("this circuit needs a bootstrapper");
        Value out(a);
        bootstrapper->bootstrap(a, out);
        return out;
    }

    Value combination(const std::vector<Value>& values, const std::vector<double>& factors, double constant) const {
        auto level = values.at(0).getLevel();
        for (const auto& value : values) level = std::min(level, value.getLevel());
        auto term = [&](size_t i) {
            Value lowered(values[i]);
            if (lowered.getLevel() > level) eval.levelDown(values[i], level, lowered);
            return unrescaled(lowered, factors.at(i));
        };
        Value total = term(0);
        for (size_t i = 1; i < values.size(); ++i) total = sum(total, term(i));
        eval.rescale(total);
        return plus(total, constant);
    }

    Value row_sum(Value a) const {
        for (uint64_t step = stride; step < uint64_t{stride} * padded; step *= 2) {
            Value turned(a);
            eval.leftRotate(a, step, turned);
            a = sum(a, turned);
        }
        return a;
    }
};

