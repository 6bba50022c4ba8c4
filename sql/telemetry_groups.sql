-- Requests and tokens of a window by side, health, lane, model and kind of error.
--
-- params: window_id.
SELECT
    telemetry_groups.is_routed AS is_routed,
    telemetry_groups.is_ok AS is_ok,
    telemetry_groups.lane AS lane,
    telemetry_groups.model AS model,
    telemetry_groups.kind AS kind,
    telemetry_groups.requests AS requests,
    telemetry_groups.input_tokens AS input_tokens,
    telemetry_groups.output_tokens AS output_tokens,
    telemetry_groups.cached_tokens AS cached_tokens
FROM params
CROSS JOIN telemetry_groups
WHERE telemetry_groups.window_id = params.window_id
ORDER BY telemetry_groups.number;
