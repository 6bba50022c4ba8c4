-- New tokens of a window by quarter-hour: all but those that a cache served again.
--
-- params: window_id.
SELECT
    cell.quarter AS quarter,
    SUM(cell.input + cell.cache_write_5m + cell.cache_write_1h + cell.output) AS new_tokens
FROM params
CROSS JOIN usage_origins AS origin
CROSS JOIN usage_cells AS cell
WHERE cell.origin = origin.id AND cell.requests <> 0 AND origin.window_id = params.window_id
GROUP BY cell.quarter
ORDER BY cell.quarter;
