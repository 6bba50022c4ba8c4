-- The features of a window that have several requests or a name of their own, and their latencies
-- (arrays of values and of counts). Feature 0 has the requests of the whole window.
--
-- params: window_id.
SELECT
    telemetry_features.feature AS feature,
    telemetry_features.name AS name,
    telemetry_features.baseline_ms AS baseline_ms,
    telemetry_features.baseline_requests AS baseline_requests,
    telemetry_features.routed_ms AS routed_ms,
    telemetry_features.routed_requests AS routed_requests
FROM params
CROSS JOIN telemetry_features
WHERE telemetry_features.window_id = params.window_id
ORDER BY telemetry_features.feature;
