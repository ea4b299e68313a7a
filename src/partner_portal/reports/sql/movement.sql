-- Recorded states of deals grouped by all that any figure of the pipeline's movement asks of them.
SELECT outcome, stage, stage_before, is_step, is_start, is_end, is_entry, is_exit, is_new,
       gain IS NOT NULL AS has_gain, loss IS NOT NULL AS has_loss, COUNT(*), SUM(amount), SUM(gain), SUM(loss)
FROM ({changes}) AS change
GROUP BY outcome, stage, stage_before, is_step, is_start, is_end, is_entry, is_exit, is_new, 10, 11
