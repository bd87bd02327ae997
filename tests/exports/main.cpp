// Reads lines "ID N NUMBERS" and answers each with the N values of function ID.
#include <cstdio>
#include <vector>

int main() {
    size_t id, count;
    while (std::scanf("%zu %zu", &id, &count) == 2) {
        std::vector<double> x(count);
        for (double& value : x)
            if (std::scanf("%lf", &value) != 1) return 1;
        for (double value : answer(id, x)) std::printf("%.17g ", value);
        std::printf("\n");
    }
}
