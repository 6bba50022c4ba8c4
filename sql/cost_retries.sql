-- The failed routed requests of a window whose work a baseline request did again, by feature.
-- retry_us and retry_key name that request; `sums` is JSON (see burnbook.cost.comparison.sums).
--
-- params: window_id.
SELECT
    telemetry_attempts.feature AS feature,
    telemetry_attempts.model AS model,
    telemetry_attempts.day AS day,
    telemetry_attempts.prompt_tokens AS prompt_tokens,
    telemetry_attempts.has_usd AS has_usd,
    telemetry_attempts.retry_us AS retry_us,
    telemetry_attempts.retry_key AS retry_key,
    telemetry_attempts.sums AS sums
FROM params
CROSS JOIN telemetry_attempts
WHERE telemetry_attempts.window_id = params.window_id
    AND telemetry_attempts.retry_is_routed = 0;
