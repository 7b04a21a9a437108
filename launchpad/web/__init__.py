"""HTTP only: load, permit, call a service, render, commit. One module, one template folder and one test share a name."""
