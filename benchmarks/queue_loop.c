/* The loop of engine/simulation/queue_loop.py for one group with a line, as one would write it in C. */
#include <math.h>
#include <stdint.h>

static inline uint64_t mix(uint64_t word) {
    word += 0x9E3779B97F4A7C15ULL;
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9ULL;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBULL;
    return word ^ (word >> 31);
}

static inline double exponential(uint64_t key, uint64_t index) {
    return -log(((mix(key ^ index) >> 12) + 0.5) * 0x1p-52);
}

void serve(uint64_t gap_key, uint64_t service_key, uint64_t calls, double gap, double service, int64_t servers,
           const int64_t *preference, double *free_at, double *busy, int64_t *sent, double *sums) {
    double now = 0.0;
    for (uint64_t call = 0; call < calls; call++) {
        now += gap * exponential(gap_key, call);
        int64_t server = -1;
        for (int64_t place = 0; place < servers; place++)
            if (free_at[preference[place]] <= now) { server = preference[place]; break; }
        if (server < 0) {
            server = 0;
            for (int64_t other = 1; other < servers; other++)
                if (free_at[other] < free_at[server]) server = other;
        }
        double wait = free_at[server] > now ? free_at[server] - now : 0.0;
        double length = service * exponential(service_key, call);
        free_at[server] = now + wait + length;
        busy[server] += length;
        sums[1] += wait;
        sums[2] += wait > 0.0;
        sent[server] += 1;
    }
}
