/* The loop of engine/simulation/queue_lanes.py, as one would write it in C: loops over lanes that a compiler
   does several of at once. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#define LANES 16
#define CHUNK 64
static inline uint64_t mix(uint64_t word) {
    word += 0x9E3779B97F4A7C15ULL;
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9ULL;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBULL;
    return word ^ (word >> 31);
}

static inline double logarithm(double u) {
    uint64_t word, upper, lower;
    double k, f;
    memcpy(&word, &u, 8);
    word += 0x3FF0000000000000ULL - 0x3FE6A09E00000000ULL;
    upper = (word >> 52) | 0x4330000000000000ULL;
    lower = (word & 0x000FFFFFFFFFFFFFULL) + 0x3FE6A09E00000000ULL;
    memcpy(&k, &upper, 8);
    memcpy(&f, &lower, 8);
    k -= 0x1p52 + 1023.0;
    f -= 1.0;
    double s = f / (2.0 + f), z = s * s, w = z * z;
    double even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    double rest = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01
                  + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))) + even;
    double half = 0.5 * f * f;
    return k * 6.93147180369123816490e-01 - ((half - (s * (half + rest) + k * 1.90821492927058770002e-10)) - f);
}

static void draw(double *restrict draws, const uint64_t *keys, uint64_t call, double mean) {
    uint64_t names[CHUNK * LANES];
    for (int step = 0; step < CHUNK; step++)
        for (int lane = 0; lane < LANES; lane++) names[step * LANES + lane] = keys[lane] ^ (call + step);
    for (int at = 0; at < CHUNK * LANES; at++)
        draws[at] = mean * -logarithm(((mix(names[at]) >> 12) + 0.5) * 0x1p-52);
}

void serve(const uint64_t *keys, uint64_t calls, double gap, double service, int64_t servers, double *restrict free_at,
           double *restrict busy, double *restrict sent, double *restrict waits) {
    static __thread double gaps[CHUNK * LANES], lengths[CHUNK * LANES];
    double now[LANES] = {0}, sum[LANES] = {0}, waited[LANES] = {0}, soonest[LANES], chosen[LANES], end[LANES];
    for (uint64_t call = 0; call < calls; call++) {
        uint64_t at = call % CHUNK;
        if (at == 0) {
            draw(gaps, keys, call, gap);
            draw(lengths, keys + LANES, call, service);
        }
        const double *gone = gaps + at * LANES, *length = lengths + at * LANES;
        for (int lane = 0; lane < LANES; lane++) {
            now[lane] += gone[lane];
            soonest[lane] = INFINITY;
            chosen[lane] = -1.0;
        }
        for (int64_t server = 0; server < servers; server++) {
            const double *until = free_at + server * LANES, number = (double)server;
            for (int lane = 0; lane < LANES; lane++) {
                double turn = until[lane] <= now[lane] ? number - 1e6 : until[lane];
                chosen[lane] = turn < soonest[lane] ? number : chosen[lane];
                soonest[lane] = turn < soonest[lane] ? turn : soonest[lane];
            }
        }
        for (int lane = 0; lane < LANES; lane++) {
            double wait = soonest[lane] >= 0.0 ? soonest[lane] - now[lane] : 0.0;
            end[lane] = now[lane] + wait + length[lane];
            sum[lane] += wait;
            waited[lane] += wait > 0.0 ? 1.0 : 0.0;
        }
        for (int64_t server = 0; server < servers; server++) {
            double *until = free_at + server * LANES, *work = busy + server * LANES, *count = sent + server * LANES;
            const double number = (double)server;
            for (int lane = 0; lane < LANES; lane++) {
                until[lane] = chosen[lane] == number ? end[lane] : until[lane];
                work[lane] += chosen[lane] == number ? length[lane] : 0.0;
                count[lane] += chosen[lane] == number ? 1.0 : 0.0;
            }
        }
    }
    memcpy(waits, sum, sizeof sum);
    memcpy(waits + LANES, waited, sizeof waited);
}
