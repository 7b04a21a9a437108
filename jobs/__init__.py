"""What RQ runs, and when. Each job is a module-level function with ids for arguments that is safe to run twice."""
