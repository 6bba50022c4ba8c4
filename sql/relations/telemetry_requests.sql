-- The requests of windows: of the window that the row names, else of that of its agent and moment.
--
-- member_agents: the agents that take part in a window. Other agents have the windows of agent ''.
-- member_quarters: the window from starts_at to ends_at (excluded) within a quarter-hour.
SELECT
    COALESCE(r.named_window, member_quarters.window_id) AS window_id,
    r.ts AS ts,
    r.day_utc AS day_utc,
    r.rid AS rid,
    r.lane AS lane,
    r.model AS model,
    r.input_tokens AS input_tokens,
    r.output_tokens AS output_tokens,
    r.latency_ms AS latency_ms,
    r.cached_input_tokens AS cached_input_tokens,
    r.cache_write_tokens AS cache_write_tokens,
    r.cache_write_1h_tokens AS cache_write_1h_tokens,
    r.usd AS usd,
    r.routed AS routed,
    r.ok AS ok,
    r.feature AS feature
FROM telemetry_counted AS r
LEFT JOIN member_agents ON member_agents.agent = r.agent
LEFT JOIN member_quarters
    ON
        member_quarters.quarter = r.quarter
        AND member_quarters.agent = COALESCE(member_agents.agent, '')
        AND r.ts >= member_quarters.starts_at
        AND r.ts < member_quarters.ends_at
WHERE r.named_window IS NOT NULL OR member_quarters.window_id IS NOT NULL;
