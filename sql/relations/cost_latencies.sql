-- How many requests took so many ms: of each window (feature is NULL), and of each feature with
-- requests on both sides.
SELECT
    r.window_id AS window_id,
    CAST(NULL AS STRING) AS feature,
    r.is_routed AS is_routed,
    r.latency_ms AS latency_ms,
    r.requests AS requests
FROM telemetry_latencies AS r
UNION ALL
SELECT
    r.window_id AS window_id,
    r.feature AS feature,
    r.is_routed AS is_routed,
    r.latency_ms AS latency_ms,
    COUNT(*) AS requests
FROM cost_requests AS r
INNER JOIN cost_matched ON cost_matched.window_id = r.window_id AND cost_matched.feature = r.feature
WHERE r.latency_ms IS NOT NULL
GROUP BY 1, 2, 3, 4;
