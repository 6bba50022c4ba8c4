-- The proxy's requests of each window by what prices depend on; the columns are those of
-- compare_cells.sql.
SELECT
    cost_cells.window_id AS window_id,
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
FROM cost_cells
WHERE cost_cells.feature IS NULL;
