-- The requests of a window that cost-compare prices: by side, health, model, UTC day, class of
-- prompt sizes and whether the proxy reports a cost. feature is NULL for the whole window; the
-- other rows are of features with requests on both sides. The sums are those of
-- cost/comparison/sums.py.
--
-- params: window_id.
SELECT
    cost_cells.feature AS feature,
    cost_cells.is_routed AS is_routed,
    cost_cells.is_ok AS is_ok,
    cost_cells.model AS model,
    cost_cells.day AS day,
    cost_cells.prompt_tokens AS prompt_tokens,
    cost_cells.has_usd AS has_usd,
    cost_cells.requests AS requests,
    cost_cells.input_tokens AS input_tokens,
    cost_cells.output_tokens AS output_tokens,
    cost_cells.cached_input_tokens AS cached_input_tokens,
    cost_cells.cache_write_tokens AS cache_write_tokens,
    cost_cells.unknown_requests AS unknown_requests,
    cost_cells.spent_input AS spent_input,
    cost_cells.spent_output AS spent_output,
    cost_cells.spent_cached AS spent_cached,
    cost_cells.spent_written AS spent_written,
    cost_cells.spent_written_1h AS spent_written_1h,
    cost_cells.usd_nanos AS usd_nanos,
    cost_cells.usd_requests AS usd_requests
FROM params
CROSS JOIN cost_cells
WHERE cost_cells.window_id = params.window_id;
