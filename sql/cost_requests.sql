-- The requests of the features in cost_features by side, health, model, UTC day, class of prompt
-- sizes, and whether the proxy reports a cost (`usd_nanos`, in billionths of a dollar). `unknown`
-- are requests that do not report their tokens; spent_* are the tokens of all others.
--
-- params: window_id.
SELECT
    telemetry_costs.feature AS feature,
    telemetry_costs.is_routed AS is_routed,
    telemetry_costs.is_ok AS is_ok,
    telemetry_costs.model AS model,
    telemetry_costs.day AS day,
    telemetry_costs.prompt_tokens AS prompt_tokens,
    telemetry_costs.has_usd AS has_usd,
    telemetry_costs.requests AS requests,
    telemetry_costs.input_tokens AS input_tokens,
    telemetry_costs.output_tokens AS output_tokens,
    telemetry_costs.cached_input_tokens AS cached_input_tokens,
    telemetry_costs.cache_write_tokens AS cache_write_tokens,
    telemetry_costs.unknown AS unknown,
    telemetry_costs.spent_input AS spent_input,
    telemetry_costs.spent_output AS spent_output,
    telemetry_costs.spent_cached AS spent_cached,
    telemetry_costs.spent_written AS spent_written,
    telemetry_costs.spent_written_1h AS spent_written_1h,
    telemetry_costs.usd_nanos AS usd_nanos,
    telemetry_costs.usd_requests AS usd_requests
FROM params
CROSS JOIN telemetry_costs
WHERE telemetry_costs.window_id = params.window_id
ORDER BY telemetry_costs.feature, telemetry_costs.number;
