cfg = {name="n"}
p1="tfvars"
p2="tfvars"
p3="tfvars"
p4="tfvars"
p5="tfvars"
