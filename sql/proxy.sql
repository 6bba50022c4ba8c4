-- The proxy's requests of each window, of both sides together and of each one: how many, their share
-- in percent, errors, tokens, and latencies in ms (percentiles of type 7, as in base/stats.py).
--
-- params: window_id (or NULL: every window).
WITH sides AS (
    SELECT 'all' AS side, 1 AS number, 0 AS is_routed
    UNION ALL
    SELECT 'all' AS side, 1 AS number, 1 AS is_routed
    UNION ALL
    SELECT 'routed' AS side, 2 AS number, 1 AS is_routed
    UNION ALL
    SELECT 'baseline' AS side, 3 AS number, 0 AS is_routed
),

sums AS (
    SELECT
        telemetry_groups.window_id AS window_id,
        sides.side AS side,
        sides.number AS number,
        SUM(telemetry_groups.requests) AS requests,
        SUM(
            CASE WHEN telemetry_groups.is_ok = 0 THEN telemetry_groups.requests ELSE 0 END
        ) AS errors,
        SUM(CAST(telemetry_groups.input_tokens AS BIGINT)) AS input_tokens,
        SUM(CAST(telemetry_groups.output_tokens AS BIGINT)) AS output_tokens,
        SUM(CAST(telemetry_groups.cached_tokens AS BIGINT)) AS cached_tokens
    FROM params
    CROSS JOIN telemetry_groups
    INNER JOIN sides ON sides.is_routed = telemetry_groups.is_routed
    WHERE params.window_id IS NULL OR telemetry_groups.window_id = params.window_id
    GROUP BY 1, 2, 3
),

latencies AS (
    SELECT
        telemetry_latencies.window_id AS window_id,
        sides.side AS side,
        telemetry_latencies.latency_ms AS latency_ms,
        SUM(telemetry_latencies.requests) AS requests
    FROM params
    CROSS JOIN telemetry_latencies
    INNER JOIN sides ON sides.is_routed = telemetry_latencies.is_routed
    WHERE params.window_id IS NULL OR telemetry_latencies.window_id = params.window_id
    GROUP BY 1, 2, 3
),

ranks AS (
    SELECT
        latencies.window_id AS window_id,
        latencies.side AS side,
        latencies.latency_ms AS latency_ms,
        SUM(latencies.requests) OVER (
            PARTITION BY latencies.window_id, latencies.side
            ORDER BY latencies.latency_ms
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS reached,
        50 * (SUM(latencies.requests) OVER (
            PARTITION BY latencies.window_id, latencies.side
        ) - 1) AS rank_50,
        95 * (SUM(latencies.requests) OVER (
            PARTITION BY latencies.window_id, latencies.side
        ) - 1) AS rank_95
    FROM latencies
),

-- The values below and above each rank, and how far the rank is between them, in hundredths.
neighbors AS (
    SELECT
        ranks.window_id AS window_id,
        ranks.side AS side,
        MIN(
            CASE WHEN 100 * ranks.reached > ranks.rank_50 - ranks.rank_50 % 100
                THEN ranks.latency_ms END
        ) AS low_50,
        MIN(
            CASE WHEN 100 * ranks.reached > ranks.rank_50 - ranks.rank_50 % 100 + 100
                THEN ranks.latency_ms END
        ) AS high_50,
        CAST(MAX(ranks.rank_50 % 100) AS DOUBLE) AS share_50,
        MIN(
            CASE WHEN 100 * ranks.reached > ranks.rank_95 - ranks.rank_95 % 100
                THEN ranks.latency_ms END
        ) AS low_95,
        MIN(
            CASE WHEN 100 * ranks.reached > ranks.rank_95 - ranks.rank_95 % 100 + 100
                THEN ranks.latency_ms END
        ) AS high_95,
        CAST(MAX(ranks.rank_95 % 100) AS DOUBLE) AS share_95
    FROM ranks
    GROUP BY 1, 2
)

SELECT
    sums.window_id AS window_id,
    sums.side AS side,
    sums.requests AS requests,
    CAST(100 * sums.requests AS DOUBLE) / CAST(whole.requests AS DOUBLE) AS share_percent,
    CASE
        WHEN neighbors.share_50 = 0 THEN neighbors.low_50
        ELSE
            neighbors.low_50
            + (neighbors.high_50 - neighbors.low_50) * (neighbors.share_50 / CAST(100 AS DOUBLE))
    END AS p50_ms,
    CASE
        WHEN neighbors.share_95 = 0 THEN neighbors.low_95
        ELSE
            neighbors.low_95
            + (neighbors.high_95 - neighbors.low_95) * (neighbors.share_95 / CAST(100 AS DOUBLE))
    END AS p95_ms,
    sums.errors AS errors,
    CAST(100 * sums.errors AS DOUBLE) / CAST(sums.requests AS DOUBLE) AS error_percent,
    sums.input_tokens AS input_tokens,
    sums.output_tokens AS output_tokens,
    sums.cached_tokens AS cached_tokens
FROM sums
INNER JOIN sums AS whole ON whole.window_id = sums.window_id AND whole.side = 'all'
LEFT JOIN neighbors ON neighbors.window_id = sums.window_id AND neighbors.side = sums.side
ORDER BY sums.window_id, sums.number;
