-- How many requests of a window took so many ms, by side: of the whole window (feature is NULL) and
-- of the features that have requests on both sides.
--
-- params: window_id.
SELECT
    cost_latencies.feature AS feature,
    cost_latencies.is_routed AS is_routed,
    cost_latencies.latency_ms AS latency_ms,
    cost_latencies.requests AS requests
FROM params
CROSS JOIN cost_latencies
WHERE cost_latencies.window_id = params.window_id;
