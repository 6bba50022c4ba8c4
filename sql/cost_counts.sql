-- How many features of a window have one request, and how many requests have no feature.
--
-- params: window_id.
SELECT
    telemetry_feature_counts.single AS single,
    telemetry_feature_counts.without_feature AS without_feature
FROM params
CROSS JOIN telemetry_feature_counts
WHERE telemetry_feature_counts.window_id = params.window_id;
