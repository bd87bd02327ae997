// Stands in for HEaaN in tests: its documented semantics on plain numbers, levels counted, nothing encrypted.
#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace HEaaN {

using u64 = uint64_t;
using i64 = int64_t;
using Real = double;
using Complex = std::complex<double>;

struct Context {};

struct Ciphertext {
    explicit Ciphertext(const Context&) {}
    std::vector<double> slots;
    u64 level = 0;
    int counter = 0;
    u64 getLevel() const { return level; }
};

struct Bootstrapper {
    u64 fresh = 0;
    void bootstrap(const Ciphertext& a, Ciphertext& out) const {
        out = a;
        out.level = fresh;
    }
};

struct HomEvaluator {
    // A ciphertext that awaits its rescaling is multiplied or added to by nothing but its like.
    static void settled(const Ciphertext& a) {
        if (a.counter != 0) throw std::runtime_error("nonzero rescale counter");
    }
    void add(const Ciphertext& a, const Ciphertext& b, Ciphertext& out) const {
        if (a.counter != b.counter) throw std::runtime_error("different rescale counters");
        if (a.counter != 0 && a.level != b.level) throw std::runtime_error("different levels before rescaling");
        Ciphertext sum = a;
        for (size_t i = 0; i < sum.slots.size(); ++i) sum.slots[i] += b.slots.at(i);
        sum.level = std::min(a.level, b.level);
        out = sum;
    }
    void add(const Ciphertext& a, const Complex& c, Ciphertext& out) const {
        settled(a);
        Ciphertext sum = a;
        for (double& slot : sum.slots) slot += c.real();
        out = sum;
    }
    void mult(const Ciphertext& a, const Ciphertext& b, Ciphertext& out) const {
        settled(a);
        settled(b);
        Ciphertext product = a;
        for (size_t i = 0; i < product.slots.size(); ++i) product.slots[i] *= b.slots.at(i);
        product.level = std::min(a.level, b.level);
        product.counter = 1;
        rescale(product);
        out = product;
    }
    // A constant that is near an integer is taken for it.
    void mult(const Ciphertext& a, const Complex& c, Ciphertext& out) const {
        if (std::fabs(c.real() - std::round(c.real())) <= 1e-8) {
            out = a;
            for (double& slot : out.slots) slot *= std::round(c.real());
            return;
        }
        multWithoutRescale(a, c, out);
        rescale(out);
    }
    void multWithoutRescale(const Ciphertext& a, const Complex& c, Ciphertext& out) const {
        settled(a);
        Ciphertext product = a;
        for (double& slot : product.slots) slot *= c.real();
        product.counter = 1;
        out = product;
    }
    void rescale(Ciphertext& a) const {
        if (a.counter == 0 || a.level == 0) throw std::runtime_error("nothing to rescale, or no level left");
        a.counter -= 1;
        a.level -= 1;
    }
    void levelDown(const Ciphertext& a, u64 level, Ciphertext& out) const {
        if (level > a.level) throw std::runtime_error("a level above the ciphertext's");
        out = a;
        out.level = level;
    }
    void negate(const Ciphertext& a, Ciphertext& out) const {
        out = a;
        for (double& slot : out.slots) slot = -slot;
    }
    void leftRotate(const Ciphertext& a, u64 by, Ciphertext& out) const {
        Ciphertext turned = a;
        const size_t n = a.slots.size();
        for (size_t i = 0; i < n; ++i) turned.slots[i] = a.slots[(i + by) % n];
        out = turned;
    }
};

}  // namespace HEaaN
