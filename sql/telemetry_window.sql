-- The latencies, the span and the tokens by ten minutes of a window's requests.
--
-- params: window_id.
SELECT
    telemetry_windows.baseline_ms AS baseline_ms,
    telemetry_windows.baseline_requests AS baseline_requests,
    telemetry_windows.routed_ms AS routed_ms,
    telemetry_windows.routed_requests AS routed_requests,
    telemetry_windows.first_at AS first_at,
    telemetry_windows.last_at AS last_at,
    telemetry_windows.pace_buckets AS pace_buckets,
    telemetry_windows.pace_tokens AS pace_tokens
FROM params
CROSS JOIN telemetry_windows
WHERE telemetry_windows.window_id = params.window_id;
