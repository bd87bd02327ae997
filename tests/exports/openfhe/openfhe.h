// Stands in for OpenFHE in tests: its documented semantics on plain numbers, levels counted, nothing encrypted.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <vector>

namespace lbcrypto {

struct DCRTPoly {};
struct CryptoContextCKKSRNS {};

template <class>
struct CryptoContextImpl;
template <class T>
using CryptoContext = std::shared_ptr<CryptoContextImpl<T>>;

template <class T>
struct CiphertextImpl {
    CryptoContext<T> context;
    std::vector<double> slots;
    uint32_t level = 0;
    CryptoContext<T> GetCryptoContext() const { return context; }
};
template <class T>
using Ciphertext = std::shared_ptr<CiphertextImpl<T>>;

template <class T>
struct CryptoContextImpl {
    template <class F>
    Ciphertext<T> map(const Ciphertext<T>& a, uint32_t levels, F f) const {
        auto out = std::make_shared<CiphertextImpl<T>>(*a);
        for (double& slot : out->slots) slot = f(slot);
        out->level += levels;
        return out;
    }
    template <class F>
    Ciphertext<T> zip(const Ciphertext<T>& a, const Ciphertext<T>& b, uint32_t levels, F f) const {
        auto out = std::make_shared<CiphertextImpl<T>>(*a);
        for (size_t i = 0; i < out->slots.size(); ++i) out->slots[i] = f(a->slots[i], b->slots.at(i));
        out->level = std::max(a->level, b->level) + levels;
        return out;
    }

    Ciphertext<T> EvalMult(const Ciphertext<T>& a, const Ciphertext<T>& b) const {
        return zip(a, b, 1, [](double x, double y) { return x * y; });
    }
    Ciphertext<T> EvalMult(const Ciphertext<T>& a, double c) const {
        return map(a, 1, [c](double x) { return x * c; });
    }
    Ciphertext<T> EvalAdd(const Ciphertext<T>& a, const Ciphertext<T>& b) const {
        return zip(a, b, 0, [](double x, double y) { return x + y; });
    }
    Ciphertext<T> EvalAdd(const Ciphertext<T>& a, double c) const {
        return map(a, 0, [c](double x) { return x + c; });
    }
    Ciphertext<T> EvalNegate(const Ciphertext<T>& a) const {
        return map(a, 0, [](double x) { return -x; });
    }
    Ciphertext<T> EvalBootstrap(const Ciphertext<T>& a) const {
        auto out = std::make_shared<CiphertextImpl<T>>(*a);
        out->level = 0;
        return out;
    }
    // To the left.
    Ciphertext<T> EvalRotate(const Ciphertext<T>& a, int32_t index) const {
        auto out = std::make_shared<CiphertextImpl<T>>(*a);
        const size_t n = a->slots.size();
        for (size_t i = 0; i < n; ++i) out->slots[i] = a->slots[(i + static_cast<size_t>(index)) % n];
        return out;
    }
    // The first coefficient counts half. The map of [a, b] is left out where a rounds to -1 and b to 1, from above alone.
    Ciphertext<T> EvalChebyshevSeries(const Ciphertext<T>& x, const std::vector<double>& c, double a, double b) const {
        if (c.size() < 2 || c.back() == 0.0) throw std::invalid_argument("a series ends with a coefficient that is not 0");
        const bool unit = a - std::round(a) < 1e-10 && b - std::round(b) < 1e-10 && std::round(a) == -1 && std::round(b) == 1;
        uint32_t levels = 0;
        while ((size_t{1} << levels) < c.size()) ++levels;
        return map(x, levels + (unit ? 0 : 1), [&](double slot) {
            const double t = unit ? slot : slot * (2 / (b - a)) + (-1.0 - 2 * a / (b - a));
            double one = 0.0, two = 0.0;
            for (size_t k = c.size() - 1; k > 0; --k) {
                const double next = c[k] + 2 * t * one - two;
                two = one;
                one = next;
            }
            return c[0] / 2 + t * one - two;
        });
    }
};

enum SecretKeyDist { UNIFORM_TERNARY, SPARSE_TERNARY };
enum SecurityLevel { HEStd_128_classic, HEStd_192_classic, HEStd_256_classic, HEStd_NotSet };
enum ScalingTechnique { FLEXIBLEAUTO };

template <class>
struct CCParams {
    uint32_t depth = 0;
    void SetSecretKeyDist(SecretKeyDist) {}
    void SetSecurityLevel(SecurityLevel) {}
    void SetRingDim(uint32_t) {}
    void SetBatchSize(uint32_t) {}
    void SetMultiplicativeDepth(uint32_t d) { depth = d; }
    void SetScalingModSize(uint32_t) {}
    void SetFirstModSize(uint32_t) {}
    void SetScalingTechnique(ScalingTechnique) {}
};

}  // namespace lbcrypto
