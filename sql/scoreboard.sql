-- Features per percentage point over finalized windows, by provider and methodology, and by provider
-- alone (methodology is NULL and scope is 'all').
--
-- scored_windows: a row for each window and provider; points are NULL where they are unknown.
WITH scored AS (
    SELECT
        scored_windows.provider AS provider,
        'all' AS scope,
        NULL AS methodology,
        scored_windows.features AS features,
        scored_windows.points AS points
    FROM scored_windows
    UNION ALL
    SELECT
        scored_windows.provider AS provider,
        'methodology' AS scope,
        scored_windows.methodology AS methodology,
        scored_windows.features AS features,
        scored_windows.points AS points
    FROM scored_windows
)

SELECT
    scored.provider AS provider,
    scored.scope AS scope,
    scored.methodology AS methodology,
    SUM(CASE WHEN scored.points IS NULL THEN 0 ELSE 1 END) AS windows,
    SUM(CASE WHEN scored.points IS NULL THEN 1 ELSE 0 END) AS left_out,
    SUM(CASE WHEN scored.points IS NULL THEN 0 ELSE scored.features END) AS features,
    SUM(scored.points) AS points,
    CASE
        WHEN SUM(CASE WHEN scored.points IS NULL THEN 0 ELSE 1 END) >= 3
            THEN
                SUM(CASE WHEN scored.points IS NULL THEN 0 ELSE scored.features END)
                / SUM(scored.points)
    END AS features_per_point
FROM scored
GROUP BY scored.provider, scored.scope, scored.methodology
ORDER BY scored.provider, scored.scope, COALESCE(scored.methodology, '');
