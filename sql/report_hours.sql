-- Requests and tokens by hour of the week (0 is Monday from 00:00 to 00:59), and by who used them.
--
-- params, accounts and calendar: see report_days.sql.
SELECT
    calendar.hour_of_week AS hour_of_week,
    origin.tool AS tool,
    origin.model AS model,
    origin.agent AS agent,
    origin.project AS project,
    accounts.name AS account,
    SUM(cell.requests) AS requests,
    SUM(
        cell.input + cell.cache_read + cell.cache_write_5m + cell.cache_write_1h + cell.output
    ) AS tokens
FROM params
CROSS JOIN usage_cells AS cell
CROSS JOIN usage_origins AS origin
INNER JOIN calendar ON calendar.quarter = cell.quarter
LEFT JOIN accounts ON accounts.origin = origin.id
WHERE cell.origin = origin.id
    AND cell.requests <> 0
    AND (params.since IS NULL OR calendar.day >= params.since)
    AND (params.until IS NULL OR calendar.day <= params.until)
    AND (params.window_id IS NULL OR origin.window_id = params.window_id)
GROUP BY 1, 2, 3, 4, 5, 6;
