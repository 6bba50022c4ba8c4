-- Requests and tokens by window, side, health, lane and model.
SELECT
    r.window_id AS window_id,
    CASE WHEN r.routed THEN 1 ELSE 0 END AS is_routed,
    CASE WHEN r.ok THEN 1 ELSE 0 END AS is_ok,
    r.lane AS lane,
    r.model AS model,
    COUNT(*) AS requests,
    SUM(COALESCE(r.input_tokens, 0)) AS input_tokens,
    SUM(COALESCE(r.output_tokens, 0)) AS output_tokens,
    SUM(
        CASE
            WHEN COALESCE(r.cached_input_tokens, 0) < COALESCE(r.input_tokens, 0)
                THEN COALESCE(r.cached_input_tokens, 0)
            ELSE COALESCE(r.input_tokens, 0)
        END
    ) AS cached_tokens
FROM telemetry_requests AS r
GROUP BY 1, 2, 3, 4, 5;
