-- What each window used of each meter of each account, in percent of the limit.
--
-- params: window_id (or NULL: every window).
-- window_meters: a row for each window, account and meter, computed from the snapshots.
SELECT
    window_meters.window_id AS window_id,
    window_meters.provider AS provider,
    window_meters.account AS account,
    window_meters.meter AS meter,
    window_meters.window_minutes AS window_minutes,
    window_meters.before_percent AS before_percent,
    window_meters.after_percent AS after_percent,
    window_meters.used_percent AS used_percent,
    window_meters.used_percent_min AS used_percent_min,
    window_meters.used_percent_max AS used_percent_max,
    window_meters.resets AS resets,
    window_meters.reason AS reason
FROM params
CROSS JOIN window_meters
WHERE params.window_id IS NULL OR window_meters.window_id = params.window_id
ORDER BY window_meters.number;
