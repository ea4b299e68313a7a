"""The Partner Portal sales report: Autotask PSA sales figures that are complete or say that they are not."""
