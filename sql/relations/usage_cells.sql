-- The sums of each quarter-hour and origin.
SELECT
    u.origin AS origin,
    u.quarter AS quarter,
    MIN(u.origin) OVER (
        PARTITION BY
            u.tool,
            u.model,
            u.has_usd,
            u.speed,
            u.service_tier,
            u.inference_geo,
            u.served_by,
            u.prompt_tokens
    ) AS kind_id,
    u.requests AS requests,
    u.input AS input,
    u.cache_read AS cache_read,
    u.cache_write_5m AS cache_write_5m,
    u.cache_write_1h AS cache_write_1h,
    u.output AS output,
    u.reasoning AS reasoning,
    u.usd_nanos AS usd_nanos,
    u.usd_requests AS usd_requests,
    u.web_searches AS web_searches
FROM usage_files AS u;
