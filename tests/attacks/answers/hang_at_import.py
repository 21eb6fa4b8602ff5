# /// attack
# title = "never comes to the end of its import"
# aim = "to be loaded again for every case, and to wait each time"
# verdict = "time_limit"
# ///
while True:
    pass
